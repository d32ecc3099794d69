/** What this host is: for people, and for the server that shows it. */

export interface Inventory {
  readonly formatVersion: 1;
  readonly machine: Machine;
  readonly system: OperatingSystem;
  /** Undefined where nothing tells that it is a cloud's. */
  readonly cloud: CloudInstance | undefined;
  readonly interfaces: readonly NetworkInterface[];
  readonly listening: readonly ListeningService[];
}

export interface Machine {
  readonly hostname: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Whether it is a guest; what of, where that is known. */
  readonly virtual: boolean;
  readonly hypervisor: string;
}

export interface OperatingSystem {
  readonly distribution: string;
  readonly release: string;
  readonly kernel: string;
  readonly architecture: string;
  /** Of systemd (machine-id(5)); empty where there is none. */
  readonly machineId: string;
}

export interface CloudInstance {
  readonly provider: string;
  /** The provider's name of the instance; undefined where the firmware does not tell it. */
  readonly instance: string | undefined;
}

export interface NetworkInterface {
  readonly name: string;
  /** `up`, `down`, `unknown`: as the kernel has it. */
  readonly state: string;
  readonly mac: string;
  readonly mtu: number;
  /** With their prefix lengths, `10.0.0.5/24`. */
  readonly addresses: readonly string[];
}

export interface ListeningService {
  /** `tcp/5432` */
  readonly service: string;
  /** Empty for any. */
  readonly address: string;
  readonly unit: string | undefined;
  readonly account: string;
}
