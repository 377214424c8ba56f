// The official SDK, dashscope: the class for the path, and the bare call where there is none.
const PICTURE = "prompt negative_prompt images ref_img sketch_image_url mask_image_url base_image_url".split(" ");
const CLIP = `prompt negative_prompt template img_url audio_url reference_video_urls reference_urls reference_url
  head_frame tail_frame first_frame_url last_frame_url media`.split(/\s+/);

const CLASSES = [
  { path: /2image\/image-synthesis$/, name: "ImageSynthesis", known: PICTURE, needs: "prompt" },
  { path: /video-synthesis$/, name: "VideoSynthesis", known: CLIP },
  { path: /image-generation\/generation$/, name: "ImageGeneration", from: "dashscope.aigc.image_generation", needs: "messages" },
  { path: /multimodal-generation\/generation$/, name: "MultiModalConversation", needs: "messages" },
];

/** Write a value of JSON as Python does; its strings mean the same in both. */
function write(value, indent) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const items = Object.entries(value).map(([name, each]) => {
    const key = open === "{" ? `${JSON.stringify(name)}: ` : "";
    return `\n${indent}    ${key}${write(each, `${indent}    `)},`;
  });
  return items.length ? `${open}${items.join("")}\n${indent}${close}` : open + close;
}

function listArguments({ path, headers, body, isTask }, own) {
  const { model, input = {}, parameters = {} } = body;
  const { "Content-Type": _, "X-DashScope-Async": __, ...further } = headers;
  const rest = { ...parameters, ...(Object.keys(further).length && { headers: further }) };
  const [task_group, task, function_] = path.split("/services/")[1].split("/");
  if (!own) return { model, input, task_group, task, function: function_, ...rest };
  if (own.needs === "messages") return { model, messages: input.messages, ...rest };
  const [known, extra] = [true, false].map((is) => Object.fromEntries(Object.entries(input).filter(([name]) => own.known.includes(name) === is)));
  return { model, ...known, ...(Object.keys(extra).length && { extra_input: extra }), ...(isTask && { task }), ...rest };
}

export const python = {
  name: "Python SDK",
  file: "create.py",
  write(request) {
    const { base, path, body, isTask } = request;
    const own = CLASSES.find((each) => each.path.test(path) && (!each.needs || body.input?.[each.needs]));
    const name = own?.name ?? (isTask ? "BaseAsyncApi" : "BaseApi");
    const from = own ? (own.from ?? "dashscope") : "dashscope.client.base_api";
    const given = Object.entries(listArguments(request, own)).map(([key, value]) => `    ${key}=${write(value, "    ")},\n`);
    const wait = `if answer.output and answer.output.get("task_id"):\n    print(${name}.wait(answer, api_key=api_key).output)\n`;
    return `import os

import dashscope
from ${from} import ${name}

dashscope.base_http_api_url = ${JSON.stringify(`${base}/api/v1`)}
api_key = os.environ["DASHSCOPE_API_KEY"]

answer = ${name}.${isTask ? "async_call" : "call"}(
    api_key=api_key,
${given.join("")})
print(answer)
${isTask ? wait : ""}`;
  },
};
