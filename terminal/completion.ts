import { command } from "./command.ts";

/** The command `completion` of any program. */
export const completion = command({
  name: "completion",
  usage: "[shell]",
  summary: "Prints a completion script for bash, zsh or fish",
  positionals: {
    shell: { describe: "the shell; without it, the one in SHELL", choices: ["bash", "zsh", "fish"] as const },
  },
  options: {},
  examples: [
    ["completion bash >> ~/.bashrc", ""],
    ["completion zsh >> ~/.zshrc", ""],
    ["completion fish > ~/.config/fish/completions/$0.fish", ""],
  ],
  run: async ({ shell }, { program }) => {
    const { default: yargs } = await import("yargs");
    // yargs goes by the environment alone, and looks when it is made.
    if (shell !== undefined) Object.assign(process.env, { SHELL: shell, ZSH_NAME: shell });
    yargs().scriptName(program).showCompletionScript();
    return 0;
  },
});
