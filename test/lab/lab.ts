/** The show, act by act. */

import { BULKHEAD } from "../estate/place.ts";
import { type Attempt, attemptsOf, isMismatch, type Result, senderName } from "./attempts.ts";
import { legend, matrixLines } from "./matrix-text.ts";
import { EXAMPLE_POLICY, type LabOptions } from "./options.ts";
import { answerOf } from "./program.ts";
import { Conversations, conversationName, type Fate, type Plan, planRevocation } from "./revocation.ts";
import { moreHosts, readScenario, type Scenario } from "./scenario.ts";
import type { Screen } from "./screen.ts";
import { Stage } from "./stage.ts";

export interface Report {
  readonly formatVersion: 1;
  readonly results: readonly Result[];
  readonly revocation?: {
    readonly rule: string;
    readonly results: readonly Result[];
    readonly fates: readonly Fate[];
  };
  /** Whether everything did what the policy says. */
  readonly held: boolean;
}

export class Lab {
  readonly #options: LabOptions;
  readonly #screen: Screen;

  constructor(options: LabOptions, screen: Screen) {
    this.#options = options;
    this.#screen = screen;
  }

  /** Reads the policy. Throws InvalidPolicy. */
  async prepare(): Promise<Scenario> {
    const { policy: path, hosts } = this.#options;
    const first = await readScenario(path);
    const scenario =
      hosts === undefined ? first : await readScenario(path, moreHosts(hosts, first.policy.hosts.size));
    const { policy, population } = scenario;
    const name = path === EXAMPLE_POLICY ? "the example policy (test/lab/policy)" : path;
    this.#screen.heading(`Bulkhead's lab: ${policy.hosts.size} hosts under ${name}`);
    const visitors = population.residents.length - policy.hosts.size;
    this.#screen.tick(
      `the policy is sound: ${policy.rules.length} rules, ${policy.segments.size} segments, ${visitors} visitors from outside`,
    );
    return scenario;
  }

  /** Builds the hosts and proves that they are sound: without a policy, everything gets through. */
  async build(scenario: Scenario, undo: AsyncDisposableStack): Promise<Stage> {
    const stage = await this.#screen.step("building hosts: network namespaces, IPv4 and IPv6", async () => {
      const built = undo.use(await Stage.build(scenario, this.#options));
      await built.furnish();
      await built.serve();
      return built;
    });
    if (!stage.estate.can.units)
      this.#screen.note("units are left out: this account cannot make cgroups here (as root it can)");
    const attempts = this.#attempts(stage);
    const outcomes = await this.#screen.step(
      "without a policy",
      () => stage.measure(attempts, () => true),
      (all) => `without a policy ${count(all.values())} of ${attempts.length} connections get through`,
    );
    const failed = attempts.filter((attempt) => outcomes.get(attempt) !== "connected");
    if (failed.length > 0)
      throw new Error(
        `the lab is not sound: without any policy these fail: ${failed.slice(0, 5).map(attemptName).join(", ")}`,
      );
    return stage;
  }

  /** Applies the policy with the real agent, and measures what came of it. */
  async enforce(stage: Stage): Promise<Result[]> {
    const { scenario } = stage;
    await this.#apply(stage, "policy", scenario);
    const results = await this.#measure(stage, scenario);
    const style = { paint: this.#screen.paint, columns: this.#screen.columns - 2 };
    this.#screen.heading("Who may talk to whom");
    for (const line of legend(scenario.population.services, style)) this.#screen.line(`  ${line}`);
    this.#screen.line();
    const shown = {
      ...scenario.population,
      senders: scenario.population.senders.filter((sender) => stage.canSend(sender)),
    };
    for (const line of matrixLines(shown, results, style)) this.#screen.line(`  ${line}`.trimEnd());
    this.#screen.line();
    this.#judge(results, "the policy");
    return results;
  }

  /** Takes a rule out of the policy while sessions are open. */
  async revoke(stage: Stage, results: readonly Result[]): Promise<Report["revocation"]> {
    const { scenario } = stage;
    this.#screen.heading("An open session loses its permission");
    const plan = planRevocation(scenario, stage, results, this.#options.cut);
    if (plan === undefined) {
      this.#screen.note(
        "left out: this policy has no rule that alone allows a session between two hosts while another of theirs stays allowed",
      );
      return undefined;
    }
    const attempts = [plan.cut, ...plan.survivors];
    const conversations = await Conversations.begin(stage, attempts);
    for (const attempt of attempts)
      this.#screen.line(
        `  ${conversationName(attempt).padEnd(34)} open, allowed by ${rulesOf(attempt, results)}`,
      );
    this.#screen.line();
    const { name, place } = plan.rule;
    this.#screen.line(`  The change: rule ${name} is taken out (${place.file}:${place.line}).`);
    for (const line of plan.change.lines) this.#screen.line(`    ${this.#screen.paint("bad", `-${line}`)}`);
    this.#screen.line();
    const fates = await conversations.over(() => this.#apply(stage, "policy.next", plan.next));
    await conversations.end();
    for (const fate of fates) this.#tell(fate);
    await this.#explain(stage, plan);
    const again = await this.#measure(stage, plan.next);
    this.#judge(again, "the changed policy");
    return { rule: name, results: again, fates };
  }

  /** The report of the whole run. */
  report(results: readonly Result[], revocation: Report["revocation"]): Report {
    const all = [...results, ...(revocation?.results ?? [])];
    const cutAsPlanned = revocation?.fates.every(({ alive }, at) => alive === at > 0) ?? true;
    return {
      formatVersion: 1,
      results,
      ...(revocation === undefined ? {} : { revocation }),
      held: cutAsPlanned && !all.some(isMismatch),
    };
  }

  /** Says what can be done with a lab that stays up. */
  invite(stage: Stage): void {
    const [first] = stage.managed;
    if (first === undefined) return;
    this.#screen.line("  The lab stays up until Ctrl-C. In another terminal:");
    this.#screen.line();
    for (const command of [
      `${first.name} bulkhead-agent status`,
      `${first.name} nft list table inet bulkhead`,
      `${first.name} bash`,
    ])
      this.#screen.line(`    npm start -- exec ${command}`);
    this.#screen.line();
    this.#screen.line("  Or without npm:");
    this.#screen.line();
    for (const { name, machine } of stage.scenario.population.residents)
      this.#screen.line(
        `    ${name.padEnd(10)} ${stage.estate.host(machine).namespace.inside(["COMMAND"]).join(" ")}`,
      );
    this.#screen.line();
  }

  #attempts(stage: Stage): Attempt[] {
    return attemptsOf(stage.scenario.population).filter(({ from }) => stage.canSend(from));
  }

  async #apply(stage: Stage, folder: string, { files }: Scenario): Promise<void> {
    const paths = await stage.distribute(folder, files);
    const hosts = stage.managed.length;
    await this.#screen.step(
      "bulkhead-agent apply",
      (progress) => stage.apply(paths, (applied) => progress(`${applied} of ${hosts} hosts`)),
      () => `bulkhead-agent apply on ${hosts} hosts`,
    );
  }

  async #measure(stage: Stage, scenario: Scenario): Promise<Result[]> {
    const attempts = this.#attempts(stage);
    const promises = new Map(attempts.map((attempt) => [attempt, stage.promise(scenario, attempt)]));
    const outcomes = await this.#screen.step(
      `trying ${attempts.length} connections`,
      () => stage.measure(attempts, (attempt) => promises.get(attempt)?.passes ?? false),
      (all) => `${attempts.length} connections tried, ${count(all.values())} get through`,
    );
    return attempts.map((attempt) => ({
      attempt,
      promised: promises.get(attempt) ?? { passes: false, why: "", rules: [] },
      outcome: outcomes.get(attempt) ?? "timeout",
    }));
  }

  #judge(results: readonly Result[], policy: string): void {
    const wrong = results.filter(isMismatch);
    if (wrong.length === 0) {
      this.#screen.tick(
        `every one of ${results.length} connections, over IPv4 and IPv6, did what ${policy} says`,
      );
      return;
    }
    this.#screen.fail(`${wrong.length} of ${results.length} connections did not do what ${policy} says`);
    for (const result of wrong.slice(0, 20)) {
      const { promised, outcome } = result;
      this.#screen.line(
        `      ${attemptName(result.attempt)}: promised ${promised.passes ? "through" : "denied"}, measured ${outcome}`,
      );
      this.#screen.line(`        ${this.#screen.paint("faint", promised.why)}`);
    }
  }

  #tell({ attempt, alive, before, since, ended }: Fate): void {
    const name = conversationName(attempt).padEnd(34);
    const told = ended === null ? "" : `, its sender was told ${ended}`;
    this.#screen.line(
      alive
        ? `  ${this.#screen.paint("good", "✓")} ${name} lives: ${before} answers before, ${since} since`
        : `  ${this.#screen.paint("bad", "✗")} ${name} cut: ${before} answers before, ${since === 0 ? "none" : since} since${told}`,
    );
  }

  async #explain(stage: Stage, { cut }: Plan): Promise<void> {
    const host = stage.host(cut.from.resident);
    const unit = cut.from.unit === undefined ? [] : ["--unit", cut.from.unit];
    const question = [
      "--from",
      cut.from.resident.name,
      "--to",
      cut.to.name,
      "--service",
      cut.probe.service,
      ...unit,
    ];
    this.#screen.line();
    this.#screen.line(`  $ bulkhead explain policy/ ${question.join(" ")}`);
    this.#screen.quote(await answerOf([BULKHEAD, "explain", `${host.scratch}/policy.next`, ...question]));
    this.#screen.line();
  }
}

function count(outcomes: Iterable<string>): number {
  return [...outcomes].filter((outcome) => outcome === "connected").length;
}

function attemptName({ from, to, probe, family }: Attempt): string {
  return `${senderName(from)} → ${to.name} ${probe.service} over IPv${family}`;
}

function rulesOf(attempt: Attempt, results: readonly Result[]): string {
  return results.find((result) => result.attempt === attempt)?.promised.rules.join(" and ") ?? "";
}
