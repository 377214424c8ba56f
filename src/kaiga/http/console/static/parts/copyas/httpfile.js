// An HTTP file, as the editors of VS Code and JetBrains run it.
import { withoutVariables } from "./postman.js";

const QUERY = `
### How it stands

GET {{base}}/tasks/{{create.response.body.output.task_id}}
Authorization: Bearer {{key}}
`;

export const httpFile = {
  name: "HTTP",
  file: "create.http",
  write: ({ base, path, headers, json, isTask }) => `@base = ${base}/api/v1
@key = {{$processEnv DASHSCOPE_API_KEY}}

### Create

# @name create
POST {{base}}${path.slice("/api/v1".length)}
Authorization: Bearer {{key}}
${Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`).join("")}
${withoutVariables(json)}
${isTask ? QUERY : ""}`,
};
