/** What commands about a draft take. */

export const DRAFT = {
  draft: {
    describe:
      "a version's number, or policy files and folders, which are not kept; the newest version unless given",
    type: "string",
    array: true,
    default: [],
  },
} as const;
