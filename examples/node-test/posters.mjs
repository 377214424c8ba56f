// A small program that calls the API with fetch; it stands here for yours.

const CREATE = "/services/aigc/text2image/image-synthesis";

/** Orders a picture, and again a moment later where the service is busy; gives the task's id. */
export async function order(api, prompt, tries = 3) {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(api.url + CREATE, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${api.key}`,
        "Content-Type": "application/json",
        "X-DashScope-Async": "enable",
      },
      body: JSON.stringify({ model: "wan2.5-t2i-preview", input: { prompt } }),
    });
    const told = await answer.json();
    if (answer.ok) return told.output.task_id;
    if (answer.status !== 429 || attempt === tries) throw new Error(told.code);
    const seconds = Number(answer.headers.get("Retry-After") ?? 1);
    await api.sleep(seconds * 1000);
  }
}

/** Gives how a task stands: its status, and its links once there are some. */
export async function look(api, task) {
  const answer = await fetch(`${api.url}/tasks/${task}`, {
    headers: { Authorization: `Bearer ${api.key}` },
  });
  const { output } = await answer.json();
  return { status: output.task_status, links: (output.results ?? []).map((each) => each.url) };
}
