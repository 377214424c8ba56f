"""The scripts and bodies of the requests in OpenAI's shapes."""

IMAGE_BODY = """\
{
  "model": "{{model}}",
  "prompt": {{quotedPrompt}},
  "size": "1024x1024",
  "response_format": "url"
}"""

EDIT_BODY = """\
{
  "model": "wan2.5-i2i-preview",
  "prompt": "Make it night",
  "images": [{ "image_url": "{{openaiUrl}}" }],
  "response_format": "url"
}"""

VIDEO_BODY = """\
{
  "model": "wanx2.1-t2v-turbo",
  "prompt": "The leaves move in the wind",
  "seconds": "5",
  "size": "832x480"
}"""

MODELS_TESTS = """\
pm.test("there are models, some with their maker's name", function () {
    pm.response.to.have.status(200);
    const ids = pm.response.json().data.map(function (model) { return model.id; });
    const [maker, model] = ids.find(function (id) { return id.includes("/"); }).split("/");
    remember("openaiMaker", maker);
    remember("openaiModel", model);
});
"""

IMAGE_TESTS = """\
pm.test("the picture is made", function () {
    pm.response.to.have.status(200);
    const url = pm.response.json().data[0].url;
    pm.expect(url).to.match(/^https?:\\/\\//);
    remember("openaiUrl", url);
    show([url]);
});
"""

POLL_TESTS = """\
const address = pm.variables.replaceIn(pm.request.url.toString());
const header = { Authorization: "Bearer " + pm.variables.get("apiKey") };

// Asks again by itself, sent alone as in a run: after 1 second at first, 5 at last.
function wait(video, polls) {
    const waits = video.status === "queued" || video.status === "in_progress";
    if (!waits || polls >= %d) {
        pm.test("the clip is completed", function () {
            pm.expect(video.status, JSON.stringify(video.error)).to.equal("completed");
        });
        return;
    }
    setTimeout(function () {
        pm.sendRequest({ url: address, header: header }, function (error, answer) {
            wait(error || answer.code !== 200 ? video : answer.json(), polls + 1);
        });
    }, Math.min(500 + 500 * polls, 5000));
}
wait(pm.response.code === 200 ? pm.response.json() : {}, 1);
"""
