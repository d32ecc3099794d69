/** The show, act by act. */

import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Host } from "../estate/host.ts";
import { AGENT, BULKHEAD } from "../estate/place.ts";
import type { Labels } from "./agents.ts";
import { type Attempt, attemptsOf, isMismatch, type Result } from "./attempts.ts";
import { denials } from "./denials.ts";
import { EXAMPLE_POLICY, type LabOptions } from "./options.ts";
import { answerOf } from "./program.ts";
import { Conversations, type Fate, type Plan, planRevocation } from "./revocation.ts";
import { moreHosts, readScenario, type Scenario } from "./scenario.ts";
import type { Screen } from "./screen.ts";
import { type PathsByHost, Stage } from "./stage.ts";
import { attemptName, tellFate, tellMatrices, tellOpen, tellPlan, tellVerdict } from "./telling.ts";

export interface Report {
  readonly formatVersion: 1;
  readonly results: readonly Result[];
  readonly revocation?: Revocation;
  /** Whether everything did what the policy says. */
  readonly held: boolean;
}

/** What a change of policy did: first the session that it cuts, then those that live on. */
export interface Revocation {
  readonly rule: string;
  readonly fates: readonly Fate[];
  /** Everything tried again, under the changed policy. */
  readonly results: readonly Result[];
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

  /** Builds the hosts; `undo` takes them away again. */
  async build(scenario: Scenario, undo: AsyncDisposableStack): Promise<Stage> {
    return this.#screen.step("building hosts: network namespaces, IPv4 and IPv6", async () => {
      const stage = undo.use(await Stage.build(scenario, this.#options));
      await stage.furnish();
      await stage.serve();
      return stage;
    });
  }

  /** Proves that the lab itself is sound: without a policy, everything gets through. Throws where it does not. */
  async assertSound(stage: Stage): Promise<void> {
    if (!stage.estate.can.units)
      this.#screen.note("units are left out: this account cannot make cgroups here (as root it can)");
    const attempts = attemptsFor(stage);
    const outcomes = await this.#screen.step(
      "without a policy",
      () => stage.measure(attempts, () => true),
      (all) => `without a policy, ${connected(all)} of ${attempts.length} connections get through`,
    );
    const failed = attempts.filter((attempt) => outcomes.get(attempt) !== "connected");
    if (failed.length === 0) return;
    const names = failed.slice(0, 5).map(attemptName).join(", ");
    throw new Error(`the lab is not sound: without any policy these fail: ${names}`);
  }

  /** Starts the real daemon on every host, and measures what came of it. */
  async enforce(stage: Stage): Promise<Result[]> {
    const { files, resolved } = stage.scenario;
    await this.#screen.step(
      "bulkhead serve",
      async (progress) => {
        await stage.agents.serve();
        await stage.agents.join(labelsIn(resolved.policy), (done) => progress(`${done} hosts have joined`));
      },
      () => `bulkhead serve: ${stage.managed.length} hosts have joined by token`,
    );
    await this.#onAll(stage, "bulkhead provision 1", (progress) =>
      stage.agents.provision(files, "the lab's policy", progress),
    );
    const results = await this.#measure(stage, stage.scenario);
    this.#screen.heading("Who may talk to whom");
    tellMatrices(this.#screen, stage, results);
    tellVerdict(this.#screen, results, "the policy");
    return results;
  }

  /** Takes a rule out of the policy while sessions are open. Undefined where the policy has no rule to show it with. */
  async revoke(stage: Stage, results: readonly Result[]): Promise<Revocation | undefined> {
    this.#screen.heading("An open session loses its permission");
    const plan = planRevocation(stage, results, this.#options.cut);
    if (plan === undefined) {
      this.#screen.note(
        "left out: no rule alone allows a session between two hosts while another of theirs stays allowed",
      );
      return undefined;
    }
    const attempts = [plan.cut, ...plan.survivors];
    const conversations = await Conversations.begin(stage, attempts);
    for (const attempt of attempts) tellOpen(this.#screen, attempt, results);
    tellPlan(this.#screen, plan);
    const paths = await stage.distribute("policy.next", plan.next.files);
    await this.#foretell(stage, plan, paths);
    const save = () =>
      this.#onAll(stage, "bulkhead provision 2", (progress) =>
        stage.agents.provision(plan.next.files, `without ${plan.rule.name}`, progress),
      );
    const fates = await conversations.over(save);
    for (const fate of fates) tellFate(this.#screen, fate);
    await this.#askKernels(stage, plan);
    await this.#explain(plan, paths);
    const again = await this.#measure(stage, plan.next);
    tellVerdict(this.#screen, again, "the changed policy");
    return { rule: plan.rule.name, fates, results: again };
  }

  /** What the daemons have seen of all this, in their own words. */
  async look(stage: Stage, revocation: Revocation | undefined): Promise<void> {
    this.#screen.heading("What the agents have seen");
    const cut = revocation?.fates[0]?.attempt;
    const host = cut === undefined ? stage.managed[0] : stage.host(cut.to);
    if (host === undefined) return;
    const peer = cut === undefined ? [] : ["--peer", cut.from.resident.addresses[0] ?? ""];
    await this.#quote(host, ["flows", "--since", "10m", "--direction", "ingress", ...peer, "--limit", "12"]);
    const observing = stage.managed.find((one) => isObserving(stage, one.name));
    if (observing !== undefined) await this.#quote(observing, ["suggest"]);
    this.#screen.heading("What the server knows");
    for (const words of [["hosts"], ["policies"], ["flows", "--denied", "--limit", "8"]])
      await this.#quoteServer(stage, words);
  }

  async #quoteServer({ agents }: Stage, words: readonly string[]): Promise<void> {
    this.#screen.line(`  bulkhead$ bulkhead ${words.join(" ")}`);
    const { stdout, stderr } = await agents.centre.ask(...words);
    this.#screen.quote(stdout + stderr);
    this.#screen.line();
  }

  async #quote(host: Host, words: readonly string[]): Promise<void> {
    this.#screen.line(`  ${host.name}$ bulkhead-agent ${words.join(" ")}`);
    const width = { COLUMNS: String(this.#screen.columns - 4) };
    const { stdout, stderr } = await host.exec([AGENT, ...words], { env: width });
    this.#screen.quote(stdout + stderr);
    this.#screen.line();
  }

  /** The whole run. */
  report(results: readonly Result[], revocation: Revocation | undefined): Report {
    const all = [...results, ...(revocation?.results ?? [])];
    const [cut, ...survivors] = revocation?.fates ?? [];
    const cutIsCut = cut === undefined || (!cut.alive && cut.since === 0);
    const othersLive = survivors.every(({ alive, sent, answered }) => alive && sent === answered);
    const held = cutIsCut && othersLive && !all.some(isMismatch);
    return { formatVersion: 1, results, held, ...(revocation === undefined ? {} : { revocation }) };
  }

  async #onAll(
    stage: Stage,
    title: string,
    work: (progress: (hosts: number) => void) => Promise<void>,
  ): Promise<void> {
    const hosts = stage.managed.length;
    await this.#screen.step(
      title,
      (progress) => work((done) => progress(`${done} of ${hosts} hosts enforce it`)),
      () => `${title}: ${hosts} hosts enforce it`,
    );
  }

  async #measure(stage: Stage, scenario: Scenario): Promise<Result[]> {
    const attempts = attemptsFor(stage);
    const promises = new Map(attempts.map((attempt) => [attempt, stage.promise(scenario, attempt)]));
    const outcomes = await this.#screen.step(
      `trying ${attempts.length} connections`,
      () => stage.measure(attempts, (attempt) => promises.get(attempt)?.passes ?? false),
      (all) => `${attempts.length} connections tried, ${connected(all)} get through`,
    );
    return attempts.map((attempt) => ({
      attempt,
      promised: promises.get(attempt) ?? { passes: false, why: "", rules: [] },
      outcome: outcomes.get(attempt) ?? "timeout",
    }));
  }

  /** The host that is about to lose a session says so itself. */
  async #foretell(stage: Stage, { cut }: Plan, paths: PathsByHost): Promise<void> {
    const host = stage.host(cut.from.resident);
    this.#screen.line(`  ${host.name}$ bulkhead-agent plan policy/`);
    const { stdout, stderr } = await host.exec([AGENT, "plan", paths.get(host.name) ?? ""]);
    this.#screen.quote(stdout + stderr);
    this.#screen.line();
  }

  /** Which rules of the two kernels have denied since the change. */
  async #askKernels(stage: Stage, { cut }: Plan): Promise<void> {
    this.#screen.line();
    this.#screen.line("  What the kernels have denied since (bulkhead-agent status):");
    for (const resident of [cut.from.resident, cut.to])
      for (const { packets, words } of await denials(stage.host(resident)))
        this.#screen.line(`    ${resident.name.padEnd(8)} ${String(packets).padStart(4)} packets  ${words}`);
  }

  async #explain({ cut }: Plan, paths: PathsByHost): Promise<void> {
    const unit = cut.from.unit === undefined ? [] : ["--unit", cut.from.unit];
    const ends = ["--from", cut.from.resident.name, "--to", cut.to.name, "--service", cut.probe.service];
    const question = [...ends, ...unit];
    this.#screen.line();
    this.#screen.line(`  $ bulkhead explain policy/ ${question.join(" ")}`);
    const path = paths.get(cut.from.resident.name) ?? "";
    this.#screen.quote(await answerOf([BULKHEAD, "explain", path, ...question]));
    this.#screen.line();
  }
}

/** What a policy's own section says of its hosts. */
function labelsIn({ hosts }: Policy): (name: string) => Labels {
  return (name) => hosts.get(name)?.labels ?? {};
}

function attemptsFor(stage: Stage): Attempt[] {
  return attemptsOf(stage.scenario.population).filter(({ from }) => stage.canSend(from));
}

function isObserving({ scenario }: Stage, name: string): boolean {
  const { modes } = scenario.resolved.hostPolicy(name);
  return modes.ingress === "observe" || modes.egress === "observe";
}

function connected(outcomes: ReadonlyMap<Attempt, string>): number {
  return [...outcomes.values()].filter((outcome) => outcome === "connected").length;
}
