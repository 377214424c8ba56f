// Runs a collection as newman's command does, and keeps what its report leaves out: what was shown.
const fs = require("fs");
const newman = require("newman");
const visualizer = require("postman-runtime/lib/visualizer");

const [collection, environment] = process.argv.slice(2);
const shown = {};

newman
  .run(
    {
      collection,
      environment: environment || undefined,
      reporters: ["cli", "json"],
      reporter: { json: { export: "report.json" } },
      exportEnvironment: "after.json",
      color: "off",
      workingDir: process.cwd(),
    },
    (error, summary) => {
      fs.writeFileSync("shown.json", JSON.stringify(shown));
      process.exitCode = error || summary.run.failures.length ? 1 : 0;
    },
  )
  .on("test", (_error, told) => {
    for (const { result } of told.executions ?? []) {
      const set = result?.return?.visualizer;
      if (!set) continue;
      // As the program with windows fills the template in.
      visualizer.processTemplate(set.template, set.data, set.options, (failure, page) => {
        shown[told.item.name] = failure ? String(failure) : page;
      });
    }
  });
