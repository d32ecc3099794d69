import { textOf } from "../parts/form-text.ts";

/** The segments that an editor is limited to, in a form's field `scope`. */
export function ScopeField({ scope }: { readonly scope: readonly string[] | null }) {
  return (
    <label>
      <span>Limited to segments</span>
      <input name="scope" defaultValue={scope?.join(", ")} placeholder="web, shop" spellCheck={false} />
      <small>What an editor pushes and labels may concern these alone; left empty, all.</small>
    </label>
  );
}

/** Null for no limit. */
export function scopeOf(form: FormData): readonly string[] | null {
  const names = textOf(form, "scope")
    .split(/[\s,]+/)
    .filter(Boolean);
  return names.length === 0 ? null : names;
}
