/** The hosts of a scenario, alive: namespaces, services, units, and the real agent on each. */

import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import type { Speaker } from "../estate/speaker.ts";
import type { Outcome } from "../estate/worker/requests.ts";
import { Agents } from "./agents.ts";
import type { Attempt, Promised } from "./attempts.ts";
import type { Resident, Sender } from "./population.ts";
import { promise, type Scenario } from "./scenario.ts";
import type { Probe } from "./services.ts";

/** Milliseconds for a second look at what did not answer: three times a SYN is sent again. */
const PATIENT = 4_000;

/** The machine of the server, which no policy names; addresses for documentation (RFC 5737, RFC 3849). */
export const HUB = "bulkhead";
export const HUB_ADDRESSES = ["192.0.2.8", "2001:db8:b::8"];

/** By a host's name, the folder of a policy there. */
export type PathsByHost = ReadonlyMap<string, string>;

export class Stage implements AsyncDisposable {
  readonly estate: Estate;
  readonly scenario: Scenario;
  readonly agents: Agents;
  readonly #units = new Map<string, Speaker>();

  private constructor(estate: Estate, scenario: Scenario) {
    this.estate = estate;
    this.scenario = scenario;
    this.agents = new Agents(this.managed, estate.host(HUB));
  }

  static async build(scenario: Scenario, options: { readonly unprivileged: boolean }): Promise<Stage> {
    const hosts = Object.fromEntries(
      scenario.population.residents.map(({ machine, addresses }) => [machine, addresses]),
    );
    const all = { ...hosts, [HUB]: HUB_ADDRESSES };
    return new Stage(await Estate.create({ hosts: all, unprivileged: options.unprivileged }), scenario);
  }

  /** The hosts with an agent. */
  get managed(): readonly Host[] {
    return this.scenario.population.residents
      .filter(({ kind }) => kind === "host")
      .map((resident) => this.host(resident));
  }

  host(resident: Resident): Host {
    return this.estate.host(resident.machine);
  }

  /** Where the machine lets nobody make cgroups, only the hosts themselves can send. */
  canSend({ unit }: Sender): boolean {
    return unit === undefined || this.estate.can.units;
  }

  async speaker({ resident, unit }: Sender): Promise<Speaker> {
    const host = this.host(resident);
    if (unit === undefined) return host;
    const key = `${resident.name} ${unit}`;
    const running = this.#units.get(key) ?? (await host.unit(unit));
    this.#units.set(key, running);
    return running;
  }

  /** What a policy says of an attempt, given who serves here. */
  promise(scenario: Scenario, attempt: Attempt): Promised {
    return promise(scenario, attempt, this.#server(attempt.to, attempt.probe));
  }

  /** Starts the services, and the units that send. */
  async serve(): Promise<void> {
    const { senders, receivers, services } = this.scenario.population;
    for (const sender of senders) if (this.canSend(sender)) await this.speaker(sender);
    const probes = services
      .flatMap((service) => service.probes)
      .filter(({ protocol }) => protocol !== "icmp");
    const names = new Map(probes.map((probe) => [probe.service, probe]));
    await Promise.all(
      receivers.map(async (resident) => {
        for (const probe of names.values()) {
          const unit = this.#server(resident, probe);
          const server = await this.speaker(unit === undefined ? { resident } : { resident, unit });
          await server.listen(probe.service);
        }
      }),
    );
  }

  /** Gives each host its own empty /var/lib, where its agent keeps its state. */
  async furnish(): Promise<void> {
    const script = "mount -t tmpfs -o mode=755 tmpfs /var/lib";
    await Promise.all(this.managed.map((host) => host.run(["sh", "-c", script])));
  }

  /** Writes a policy to every host, as if each had checked it out; gives the folder of each. */
  async distribute(folder: string, files: Scenario["files"]): Promise<PathsByHost> {
    const paths = new Map<string, string>();
    for (const host of this.managed) {
      for (const { name, text } of files) await host.write(`${folder}/${name}`, text);
      paths.set(host.name, `${host.scratch}/${folder}`);
    }
    return paths;
  }

  /** Tries everything with real connections. What seems not to do as `expected` gets a second, longer look, so that a busy machine is no mismatch. */
  async measure(
    attempts: readonly Attempt[],
    expected: (attempt: Attempt) => boolean,
  ): Promise<Map<Attempt, Outcome>> {
    const outcomes = await this.#try(attempts, {});
    const doubtful = attempts.filter((attempt) => expected(attempt) && outcomes.get(attempt) !== "connected");
    for (const [attempt, outcome] of await this.#try(doubtful, { timeout: PATIENT }))
      outcomes.set(attempt, outcome);
    return outcomes;
  }

  #server(resident: Resident, probe: Probe): string | undefined {
    return this.estate.can.units ? this.scenario.population.serverOf(resident.name, probe) : undefined;
  }

  async #try(attempts: readonly Attempt[], patience: { timeout?: number }): Promise<Map<Attempt, Outcome>> {
    const bySender = Map.groupBy(attempts, ({ from }) => from);
    const tried = [...bySender].map(async ([sender, own]) => {
      const speaker = await this.speaker(sender);
      const requests = own.map(({ probe, source, destination, family }) => ({
        to: destination,
        service: probe.service,
        source,
        family,
        ...patience,
      }));
      const outcomes = await speaker.probe(requests);
      return own.map((attempt, at) => [attempt, outcomes[at] ?? "timeout"] as const);
    });
    return new Map((await Promise.all(tried)).flat());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agents.end();
    await this.estate.remove();
  }
}
