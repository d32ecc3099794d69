import { FrontDialog } from "../parts/dialog.tsx";
import { usePlaces } from "./use-places.ts";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["/"], "search for a host, segment, rule or page"],
  [["Ctrl", "K"], "the same, also from inside a field"],
  [["?"], "these words"],
  [["↑", "↓"], "in the table of flows: the flow above or below"],
  [["Enter"], "in the table of flows: its reasons"],
  [["Esc"], "closes what is open"],
];

export default function Help({ onClose }: { readonly onClose: () => void }) {
  const places = usePlaces();
  return (
    <FrontDialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        {places.map(({ path, key, name, about }) => (
          <div key={path}>
            <dt>
              <kbd>g</kbd>
              <kbd>{key}</kbd>
            </dt>
            <dd>
              {name}: {about}
            </dd>
          </div>
        ))}
      </dl>
    </FrontDialog>
  );
}
