// Runs the scripts of one job, in their order and with their conditions, as a runner does: node run-job.js <request.json>
//
// The request: { repository, workspace, workflow, job, temp, home, runner, inputs, secrets, vars, matrix, needs, environment }.
// Expressions are evaluated by GitHub's own evaluator; the files that GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STEP_SUMMARY name are
// real; what a job `uses` is said and passed over, as what it brings is there. Exit code 1 where a step failed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { parse } from "yaml";

const request = JSON.parse(readFileSync(process.argv[2], "utf8"));
const workflow = parse(readFileSync(join(request.repository, ".github/workflows", request.workflow), "utf8"));
const job = workflow.jobs[request.job];
mkdirSync(request.temp, { recursive: true });

// What was asked for, and what the workflow says where nothing was; as text from a person, of its own kind from a workflow.
const defaults = Object.entries(workflow.on.workflow_call?.inputs ?? workflow.on.workflow_dispatch?.inputs ?? {});
const inputs = Object.fromEntries(defaults.map(([name, input]) => [name, request.inputs?.[name] ?? input.default ?? ""]));

const steps = {};
const persistent = {};
let failed = false;

const base = {
  ...request.environment,
  PATH: process.env.PATH,
  HOME: request.home,
  CI: "true",
  GITHUB_ACTIONS: "true",
  GITHUB_WORKSPACE: request.workspace,
  RUNNER_TEMP: request.temp,
  RUNNER_ENVIRONMENT: request.runner ?? "github-hosted",
};
const jobVariables = Object.fromEntries(
  Object.entries(job.env ?? {}).map(([name, value]) => [name, text(interpolate(String(value), {}))]),
);

job.steps.forEach((step, index) => {
  const name = step.name ?? step.uses ?? `step ${index + 1}`;
  let outcome = "skipped";
  const condition = String(step.if ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  // GitHub adds success() to a condition that asks for no state of the job.
  const asks = /\b(success|failure|always|cancelled)\s*\(/.test(condition);
  if ((asks || !failed) && truthy(evaluate(condition, jobVariables))) {
    outcome = step.run === undefined ? "success" : run(step, index);
  }
  console.log(`##[step] ${name}: ${step.run === undefined && outcome === "success" ? "passed over" : outcome}`);
  if (step.id !== undefined) {
    steps[step.id] = { outcome, outputs: pairs(join(request.temp, `output-${index}`)) };
  }
  failed ||= outcome === "failure";
});
writeFileSync(join(request.temp, "steps.json"), JSON.stringify(steps));
process.exitCode = failed ? 1 : 0;

function run(step, index) {
  const files = Object.fromEntries(
    ["output", "env", "path"].map((kind) => [`GITHUB_${kind.toUpperCase()}`, join(request.temp, `${kind}-${index}`)]),
  );
  for (const file of Object.values(files)) {
    writeFileSync(file, "");
  }
  const own = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, value]) => [name, text(interpolate(String(value), jobVariables))]),
  );
  const result = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
    cwd: request.workspace,
    env: {
      ...base,
      ...persistent,
      ...jobVariables,
      ...own,
      ...files,
      GITHUB_STEP_SUMMARY: join(request.temp, "summary.md"),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  Object.assign(persistent, pairs(files.GITHUB_ENV));
  return result.status === 0 ? "success" : "failure";
}

// name=value a line; the form with a delimiter isn't used by these workflows.
function pairs(file) {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return Object.fromEntries(lines.filter((line) => line.includes("=")).map((line) => [
    line.slice(0, line.indexOf("=")),
    line.slice(line.indexOf("=") + 1),
  ]));
}

function interpolate(value, variables) {
  const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(value.trim());
  return whole ? evaluate(whole[1], variables) : value.replace(/\$\{\{(.*?)\}\}/gs, (_, it) => text(evaluate(it, variables)));
}

function evaluate(expression, variables) {
  const contexts = {
    inputs, env: variables, steps, secrets: request.secrets ?? {}, vars: request.vars ?? {}, matrix: request.matrix ?? {},
    needs: request.needs ?? {}, github: { repository: "example/clusters", run_attempt: 1 },
    runner: { os: "Linux", arch: "X64", environment: base.RUNNER_ENVIRONMENT },
  };
  const answers = { success: () => !failed, failure: () => failed, always: () => true, cancelled: () => false };
  const functions = Object.entries(answers).map(([name, answer]) => ({
    name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer()),
  }));
  functions.push({ name: "hashFiles", minArgs: 1, maxArgs: 255, call: () => new data.StringData("0") });
  const parser = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions);
  const known = new Map(functions.map((each) => [each.name.toLowerCase(), each]));
  return new Evaluator(parser.parse(), converted(contexts), known).evaluate();
}

function converted(value) {
  switch (typeof value) {
    case "string": return new data.StringData(value);
    case "number": return new data.NumberData(value);
    case "boolean": return new data.BooleanData(value);
    case "object":
      if (value === null) return new data.Null();
      if (Array.isArray(value)) return new data.Array(...value.map(converted));
      return new data.Dictionary(...Object.entries(value).map(([key, each]) => ({ key, value: converted(each) })));
    default: return new data.Null();
  }
}

function truthy(value) {
  return value.coerceString() !== "" && value.coerceString() !== "false" && value.coerceString() !== "0";
}

function text(value) {
  return typeof value === "string" ? value : value.coerceString();
}
