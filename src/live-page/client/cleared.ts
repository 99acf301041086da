import type { Size } from '../drawing/map-view.ts';

export function shownSize(element: HTMLElement): Size {
  return { width: element.clientWidth, height: element.clientHeight };
}

/** The canvas, as large as it is shown and empty; `ground`: its colour, null for none. */
export function cleared(
  canvas: HTMLCanvasElement,
  { width, height }: Size,
  ground: string | null,
): CanvasRenderingContext2D {
  const ratio = Math.min(2, devicePixelRatio);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high)
    Object.assign(canvas, { width: wide, height: high });
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  if (ground !== null) {
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
  }
  return context;
}
