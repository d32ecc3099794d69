/** A canvas that covers the map, behind sigma's or in front of them, in the screen's own pixels. */
export class Layer {
  readonly #canvas: HTMLCanvasElement;
  readonly #family: string;

  constructor(place: HTMLElement, className: string) {
    this.#canvas = document.createElement("canvas");
    this.#canvas.className = className;
    place.append(this.#canvas);
    this.#family = getComputedStyle(place).fontFamily;
  }

  /** Empty, and of this size in the page's pixels. */
  begin({
    width,
    height,
  }: {
    readonly width: number;
    readonly height: number;
  }): CanvasRenderingContext2D | null {
    const scale = devicePixelRatio;
    const canvas = this.#canvas;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    const context = canvas.getContext("2d");
    context?.setTransform(scale, 0, 0, scale, 0, 0);
    context?.clearRect(0, 0, width, height);
    if (context === null) return null;
    context.font = `600 12px ${this.#family}`;
    context.textAlign = "center";
    return context;
  }

  remove(): void {
    this.#canvas.remove();
  }
}
