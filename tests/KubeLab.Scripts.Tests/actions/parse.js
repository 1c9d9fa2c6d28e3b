// Holds workflows against the schema and the rules of GitHub's own parser: node parse.js <repository>
// One line a problem, with its file and line; exit code 1 where there is one.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";

const repository = process.argv[2];
const folder = ".github/workflows";

// What a job calls with `uses: ./.github/workflows/x.yml` is read too, so that its inputs and secrets are judged.
const files = {
  async getFileContent(reference) {
    return { name: reference.path, content: readFileSync(join(repository, reference.path), "utf8") };
  },
};

const problems = new Set();
for (const name of readdirSync(join(repository, folder)).sort()) {
  const content = readFileSync(join(repository, folder, name), "utf8");
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value !== undefined) {
    const template = await convertWorkflowTemplate(context, value, files, { fetchReusableWorkflowDepth: 1 });
    for (const error of template.errors ?? []) {
      report(name, error.Message);
    }
  }
  for (const error of context.errors.getErrors()) {
    report(name, error.message);
  }
}
for (const problem of problems) {
  console.log(problem);
}
process.exitCode = problems.size > 0 ? 1 : 0;

function report(name, message) {
  problems.add(message.startsWith(name) ? message : `${name}: ${message}`);
}
