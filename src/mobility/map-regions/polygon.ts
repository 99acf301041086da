import type { Area } from './area.ts';

/**
 * The inside of a closed polygon, by the even-odd rule: where its border crosses itself, what is
 * surrounded twice is outside. Corners are metres.
 */
export function polygon(corners: readonly (readonly [number, number])[]): Area {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [minX, maxX] = [Math.min(...xs), Math.max(...xs)];
  const [minY, maxY] = [Math.min(...ys), Math.max(...ys)];
  const count = corners.length;
  return {
    contains(x, y) {
      if (x < minX || x > maxX || y < minY || y > maxY) return false;
      let isInside = false;
      for (let i = 0, j = count - 1; i < count; j = i++) {
        const [x1, y1, x2, y2] = [xs[i]!, ys[i]!, xs[j]!, ys[j]!];
        if (y1 > y === y2 > y) continue;
        if (x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) isInside = !isInside;
      }
      return isInside;
    },

    crossings(x, y, toX, toY) {
      if (Math.max(x, toX) < minX || Math.min(x, toX) > maxX) return [];
      if (Math.max(y, toY) < minY || Math.min(y, toY) > maxY) return [];
      const [dx, dy] = [toX - x, toY - y];
      const found: number[] = [];
      for (let i = 0, j = count - 1; i < count; j = i++) {
        const [sideX, sideY] = [xs[i]! - xs[j]!, ys[i]! - ys[j]!];
        const cross = dx * sideY - dy * sideX;
        // Along a side: the sides at its ends say where it begins and ends.
        if (cross === 0) continue;
        const [fromX, fromY] = [xs[j]! - x, ys[j]! - y];
        const onSide = (fromX * dy - fromY * dx) / cross;
        if (onSide >= 0 && onSide <= 1) found.push((fromX * sideY - fromY * sideX) / cross);
      }
      return found;
    },
  };
}
