// JavaScript with fetch, for Node and its like: a browser must not hold the key.
const indent = (text) => text.replaceAll("\n", "\n  ");

const WAIT = `console.log(task.output.task_id);
while (["PENDING", "RUNNING"].includes(task.output.task_status)) {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  task = await (await fetch(\`\${base}/tasks/\${task.output.task_id}\`, { headers: authorization })).json();
}
`;

export const javascript = {
  name: "JavaScript",
  file: "create.mjs",
  write: ({ base, path, headers, json, isTask }) => `const base = ${JSON.stringify(`${base}/api/v1`)};
const authorization = { Authorization: \`Bearer \${process.env.DASHSCOPE_API_KEY}\` };

const answer = await fetch(base + ${JSON.stringify(path.slice("/api/v1".length))}, {
  method: "POST",
  headers: { ...authorization, ...${indent(JSON.stringify(headers, null, 2))} },
  body: JSON.stringify(${indent(json)}),
});
let task = await answer.json();
if (!answer.ok) throw new Error(\`\${task.code}: \${task.message}\`);
${isTask ? WAIT : ""}console.log(JSON.stringify(task.output, null, 2));
`,
};
