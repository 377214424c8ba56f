// A Postman collection, format v2.1: the create, which remembers its task, and the query.
const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const REMEMBER = 'pm.collectionVariables.set("taskId", pm.response.json().output.task_id);';
const QUERY = { name: "How it stands", request: { method: "GET", url: "{{baseUrl}}/tasks/{{taskId}}", header: [] } };

/** Write what would be read as a variable, `{{name}}`, in the other way that JSON has for it. */
export const withoutVariables = (json) => json.replaceAll("{{", "{\\u007b");

const pairs = (object) => Object.entries(object).map(([key, value]) => ({ key, value }));

export const postman = {
  name: "Postman",
  file: "kaiga.postman_collection.json",
  write({ base, path, headers, body, json, isTask }) {
    const create = {
      name: "Create",
      event: isTask ? [{ listen: "test", script: { type: "text/javascript", exec: [REMEMBER] } }] : [],
      request: {
        method: "POST",
        url: `{{baseUrl}}${path.slice("/api/v1".length)}`,
        header: pairs(headers),
        body: { mode: "raw", raw: withoutVariables(json), options: { raw: { language: "json" } } },
      },
    };
    const collection = {
      info: { name: `Kaiga: ${body.model}`, schema: SCHEMA },
      auth: { type: "bearer", bearer: [{ key: "token", value: "{{apiKey}}", type: "string" }] },
      item: isTask ? [create, QUERY] : [create],
      variable: pairs({ baseUrl: `${base}/api/v1`, apiKey: "", taskId: "" }),
    };
    return `${JSON.stringify(collection, null, 2)}\n`;
  },
};
