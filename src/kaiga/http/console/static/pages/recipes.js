// The three requests of the tutorial as people send them: with curl, in PowerShell, by Postman.
export const CREATE_PATH = "/api/v1/services/aigc/text2image/image-synthesis";

export const makeBody = () => ({
  model: "wan2.5-t2i-preview",
  input: { prompt: "A flower shop with a wooden door and flowers on display" },
  parameters: { size: "1280*1280", n: 1 },
});

const KEY = "sk-YOUR-KEY";
const TASK = "YOUR-TASK-ID";
const LINK = "LINK-FROM-THE-ANSWER";
const pretty = () => JSON.stringify(makeBody(), null, 4);

/** Each way gives { setUp, create, poll, open }: texts, or lists of [field, text]. */
export const WAYS = { curl: makeCurl, powershell: makePowershell, postman: makePostman };

function makeCurl({ api, taskId, url }) {
  return {
    setUp: `export DASHSCOPE_API_KEY=${KEY}\nexport DASHSCOPE_HTTP_BASE_URL=${api}`,
    create: `curl --request POST "$DASHSCOPE_HTTP_BASE_URL${tailOf(CREATE_PATH)}" \\
    --header "X-DashScope-Async: enable" \\
    --header "Authorization: Bearer $DASHSCOPE_API_KEY" \\
    --header "Content-Type: application/json" \\
    --data '${indent(pretty())}'`,
    poll: `curl --request GET "$DASHSCOPE_HTTP_BASE_URL/tasks/${taskId || TASK}" \\
    --header "Authorization: Bearer $DASHSCOPE_API_KEY"`,
    open: `curl --output picture.png '${url || LINK}'`,
  };
}

function makePowershell({ api, taskId, url }) {
  return {
    setUp: `$env:DASHSCOPE_API_KEY = '${KEY}'\n$env:DASHSCOPE_HTTP_BASE_URL = '${api}'`,
    create: `Invoke-RestMethod -Method Post -Uri "$env:DASHSCOPE_HTTP_BASE_URL${tailOf(CREATE_PATH)}" \`
    -Headers @{ Authorization = "Bearer $env:DASHSCOPE_API_KEY"; 'X-DashScope-Async' = 'enable' } \`
    -ContentType 'application/json' \`
    -Body '${pretty()}'`,
    poll: `Invoke-RestMethod -Uri "$env:DASHSCOPE_HTTP_BASE_URL/tasks/${taskId || TASK}" \`
    -Headers @{ Authorization = "Bearer $env:DASHSCOPE_API_KEY" } | ConvertTo-Json -Depth 9`,
    open: `Invoke-WebRequest -Uri '${url || LINK}' -OutFile picture.png`,
  };
}

function makePostman({ api, taskId, url }) {
  const key = `Authorization: Bearer ${KEY}`;
  return {
    create: [
      ["method", `POST ${api}${tailOf(CREATE_PATH)}`],
      ["headers", `X-DashScope-Async: enable\n${key}\nContent-Type: application/json`],
      ["body", pretty()],
    ],
    poll: [
      ["method", `GET ${api}/tasks/${taskId || TASK}`],
      ["headers", key],
    ],
    open: [["method", `GET ${url || LINK}`]],
  };
}

const indent = (text) => text.replaceAll("\n", "\n    ");
const tailOf = (path) => path.slice("/api/v1".length);
