"""The scripts and bodies of the Postman collection, each for one of its requests."""

# Postman puts a variable's text into the body as it is, so a prompt with a quotation mark or a
# line break would break the JSON around it.
QUOTE_PROMPT = """\
// A prompt may hold quotation marks and line breaks: quote it as JSON asks.
pm.variables.set("quotedPrompt", JSON.stringify(pm.variables.get("prompt")));
"""

CREATE_BODY = """\
{
  "model": "{{model}}",
  "input": {
    "prompt": {{quotedPrompt}}
  },
  "parameters": {
    "size": "{{size}}",
    "n": {{n}}
  }
}"""

REMEMBER = """\
// Both scopes, because an environment's value hides the collection's of the same name.
function remember(name, value) {
    pm.environment.set(name, value);
    pm.collectionVariables.set(name, value);
}
"""

CREATE_TESTS = """\
pm.test("the task is accepted", function () {
    pm.response.to.have.status(200);
});
pm.test("the task is pending and has an id", function () {
    const output = pm.response.json().output;
    pm.expect(output.task_status).to.equal("PENDING");
    pm.expect(output.task_id).to.be.a("string").that.is.not.empty;
    remember("%s", output.task_id);
});
"""

# A template of Handlebars, whose braces Postman leaves alone in scripts.
SHOW = """\
// Shows files in the tab Visualize.
function show(urls) {
    const files = urls.map(function (url) {
        return { url: url, isClip: /^data:video|\\.mp4(\\?|$)/.test(url) };
    });
    const picture = '<img src="{{url}}" alt="result" style="max-width: 100%">';
    const clip = '<video src="{{url}}" controls loop style="max-width: 100%"></video>';
    const each = "{{#if isClip}}" + clip + "{{else}}" + picture + "{{/if}}";
    pm.visualizer.set("{{#each files}}" + each + "{{/each}}", { files: files });
}
"""

POLL_TESTS = """\
pm.test("the task can be read", function () {
    pm.response.to.have.status(200);
});
const address = pm.variables.replaceIn(pm.request.url.toString());
const header = { Authorization: "Bearer " + pm.variables.get("apiKey"), Prefer: "wait=20" };

function finish(output) {
    pm.test("the task has succeeded", function () {
        pm.expect(output.task_status, output.message).to.equal("SUCCEEDED");
    });
    pm.test("the result has a link", function () {
        const url = %(url)s;
        pm.expect(url).to.match(/^https?:\\/\\//);
        remember("%(name)s", url);
        show([url]);
    });
}

// Asks again by itself, sent alone as in a run: after 1 second at first, 5 at last.
function wait(output, polls) {
    const waits = output.task_status === "PENDING" || output.task_status === "RUNNING";
    if (!waits || polls >= %(most)d) {
        finish(output);
        return;
    }
    setTimeout(function () {
        pm.sendRequest({ url: address, header: header }, function (error, answer) {
            wait(error || answer.code !== 200 ? output : answer.json().output, polls + 1);
        });
    }, Math.min(500 + 500 * polls, 5000));
}
wait(pm.response.code === 200 ? pm.response.json().output : {}, 1);
"""

DOWNLOAD_TESTS = """\
pm.test("the link opens without the API key", function () {
    pm.response.to.have.status(200);
});
pm.test("the file is a PNG picture", function () {
    pm.expect(pm.response.headers.get("Content-Type")).to.match(/^image\\/png/);
    const head = Array.from(new Uint8Array(pm.response.stream).slice(0, 8));
    pm.expect(head).to.eql([137, 80, 78, 71, 13, 10, 26, 10]);
    // The file itself, which is there when its link has expired.
    show(["data:image/png;base64," + pm.response.stream.toString("base64")]);
});
"""

LIST_TESTS = """\
pm.test("the tasks are listed", function () {
    pm.response.to.have.status(200);
    const page = pm.response.json();
    pm.expect(page.data).to.be.an("array").that.is.not.empty;
    pm.expect(page.total).to.be.at.least(page.data.length);
    page.data.forEach(function (task) {
        pm.expect(task).to.include.all.keys("task_id", "status", "model_name");
    });
});
"""

CANCEL_TESTS = """\
pm.test("the task is cancelled, or had begun already", function () {
    pm.expect(pm.response.code).to.be.oneOf([200, 400]);
    if (pm.response.code === 400) {
        pm.expect(pm.response.json().code).to.equal("UnsupportedOperation");
    }
});
"""

UNKNOWN_TESTS = """\
pm.test("an unknown task is UNKNOWN, and no error", function () {
    pm.response.to.have.status(200);
    const output = pm.response.json().output;
    pm.expect(output.task_status).to.equal("UNKNOWN");
    pm.expect(output.task_id).to.equal("%s");
});
"""

CLIP_DOWNLOAD_TESTS = """\
pm.test("the link opens without the API key", function () {
    pm.response.to.have.status(200);
});
pm.test("the file is an MP4 clip", function () {
    pm.expect(pm.response.headers.get("Content-Type")).to.match(/^video\\/mp4/);
    const mark = Array.from(new Uint8Array(pm.response.stream).slice(4, 8));
    pm.expect(String.fromCharCode(...mark)).to.equal("ftyp");
    show(["data:video/mp4;base64," + pm.response.stream.toString("base64")]);
});
"""

MESSAGE_TESTS = """\
pm.test("the call is answered with its result", function () {
    pm.response.to.have.status(200);
    const output = pm.response.json().output;
    pm.expect(output).to.not.have.property("task_id");
    const content = output.choices[0].message.content;
    const picture = content.find(function (item) { return item.image; });
    pm.expect(picture.image).to.match(/^https?:\\/\\//);
    show([picture.image]);
});
"""

EDIT_BODY = """\
{
  "model": "wan2.5-i2i-preview",
  "input": {
    "prompt": "Make it night",
    "images": ["{{resultUrl}}"]
  },
  "parameters": {
    "n": 1
  }
}"""

CLIP_BODY = """\
{
  "model": "wanx2.1-i2v-turbo",
  "input": {
    "prompt": "The leaves move in the wind",
    "img_url": "{{resultUrl}}"
  },
  "parameters": {
    "resolution": "480P",
    "duration": 3
  }
}"""

MESSAGE_BODY = """\
{
  "model": "z-image-turbo",
  "input": {
    "messages": [
      {
        "role": "user",
        "content": [{ "text": {{quotedPrompt}} }]
      }
    ]
  },
  "parameters": {
    "size": "1024*1024"
  }
}"""

FIND_KAIGA = """\
// Kaiga's own operations are beside the API, not below it.
pm.variables.set("kaigaUrl", pm.variables.get("baseUrl").replace(/\\/api\\/v1$/, ""));
"""

ORDER_TESTS = """\
pm.test("the task is accepted", function () {
    pm.response.to.have.status(200);
    pm.expect(pm.response.json().output.task_id).to.be.a("string").that.is.not.empty;
});
"""

JUDGED_TESTS = """\
pm.test("the picture is judged, or is said to be unfit", function () {
    pm.expect(pm.response.code).to.be.oneOf([200, 400]);
    const answer = pm.response.json();
    pm.expect(answer).to.have.property(pm.response.code === 200 ? "output" : "message");
});
"""

GOOD_TESTS = """\
pm.test("it is answered", function () {
    pm.response.to.have.status(200);
});
"""

KEEP_TESTS = """\
pm.test("it is kept, or nothing is kept for longer here", function () {
    pm.expect(pm.response.code).to.be.oneOf([200, 403]);
});
"""

NOTE_TESTS = """\
pm.test("it is answered", function () {
    pm.response.to.have.status(200);
    remember("%(name)s", pm.response.json().%(member)s);
});
"""

POLICY_TESTS = """\
pm.test("the upload is permitted", function () {
    pm.response.to.have.status(200);
    const data = pm.response.json().data;
    remember("uploadHost", data.upload_host);
    remember("uploadDir", data.upload_dir);
    remember("uploadKeyId", data.oss_access_key_id);
    remember("uploadPolicy", data.policy);
    remember("uploadSignature", data.signature);
});
"""

UPLOAD_TESTS = """\
const file = pm.request.body.formdata.one("file");
(file && file.src && file.src.length ? pm.test : pm.test.skip)("the file is there", function () {
    pm.response.to.have.status(200);
    remember("uploadedUrl", "oss://" + pm.variables.get("uploadDir") + "/picture.png");
});
"""
