import { distanceMatrix, planePlaces } from '../drawing/geometry-picture.ts';
import type { AggregationDetails } from '../shared/messages.ts';
import { figure, shareText } from './texts.ts';

const SIDE_PX = 260;
const MARGIN_PX = 22;

/** How the vectors of an aggregation lie to each other: a picture of the plane, and the matrix. */
export function GeometryView({ details: { line, arrivals } }: { details: AggregationDetails }) {
  const { geometry, selected } = line;
  if (geometry === undefined) return null;
  const of = (place: number) => {
    const index = geometry.vectors[place]!;
    const { sender, byzantine } = arrivals[index] ?? {
      sender: `vector ${index}`,
      byzantine: false,
    };
    return { sender, byzantine, isSelected: selected?.includes(index) ?? false };
  };
  const { vectors, result, scale } = planePlaces(geometry, SIDE_PX, MARGIN_PX);
  const { rows, greatest } = distanceMatrix(geometry);
  const cell = (SIDE_PX - 2) / Math.max(1, rows.length);
  return (
    <div class="geometry" data-test="geometry">
      <figure>
        <svg
          viewBox={`0 0 ${SIDE_PX} ${SIDE_PX}`}
          role="img"
          aria-label="Vectors and result in the plane"
        >
          <title>Vectors and result in the plane</title>
          {result !== null &&
            vectors.map((at, place) => (
              <line key={place} class="to-result" x1={at.x} y1={at.y} x2={result.x} y2={result.y} />
            ))}
          {vectors.map((at, place) => (
            <VectorMark key={place} at={at} {...of(place)} />
          ))}
          {result !== null && (
            <path class="result" d={diamond(result.x, result.y, 7)}>
              <title>result</title>
            </path>
          )}
          {scale !== null && (
            <g class="scale">
              <line x1={6} y1={SIDE_PX - 6} x2={6 + scale.px} y2={SIDE_PX - 6} />
              <text x={10 + scale.px} y={SIDE_PX - 3}>
                {figure(scale.length)}
              </text>
            </g>
          )}
        </svg>
        <figcaption class="hint">
          ● honest, ✕ Byzantine, ◆ result
          {selected !== undefined && ', circled: selected'}. The plane shows{' '}
          {shareText(geometry.plane.share)} of the squared spread.
        </figcaption>
      </figure>
      <figure>
        <svg viewBox={`0 0 ${SIDE_PX} ${SIDE_PX}`} role="img" aria-label="Matrix of distances">
          <title>Matrix of distances</title>
          {rows.map((row, i) =>
            row.map((distance, j) => (
              <rect
                key={`${i} ${j}`}
                class="cell"
                x={1 + j * cell}
                y={1 + i * cell}
                width={cell}
                height={cell}
                style={{ fillOpacity: greatest > 0 ? distance / greatest : 0 }}
              >
                <title>
                  {of(i).sender} to {of(j).sender}: {figure(distance)}
                </title>
              </rect>
            )),
          )}
          {rows.map(
            (_, i) =>
              of(i).byzantine && (
                <path
                  key={i}
                  class="byzantine"
                  d={cross(1 + (i + 0.5) * cell, 1 + (i + 0.5) * cell, Math.min(5, cell / 3))}
                />
              ),
          )}
        </svg>
        <figcaption class="hint">
          Distances between vectors in their order of arrival, the strongest colour{' '}
          {figure(greatest)}; ✕ on the diagonal: Byzantine.
        </figcaption>
      </figure>
    </div>
  );
}

function VectorMark({
  at: { x, y },
  sender,
  byzantine,
  isSelected,
}: {
  at: { x: number; y: number };
  sender: string;
  byzantine: boolean;
  isSelected: boolean;
}) {
  return (
    <g class={byzantine ? 'byzantine' : 'honest'}>
      <title>
        {sender}
        {byzantine ? ', Byzantine' : ''}
        {isSelected ? ', selected' : ''}
      </title>
      {isSelected && <circle class="selected" cx={x} cy={y} r={9} />}
      {byzantine ? <path d={cross(x, y, 5)} /> : <circle cx={x} cy={y} r={4.5} />}
    </g>
  );
}

function cross(x: number, y: number, half: number): string {
  return `M${x - half} ${y - half}L${x + half} ${y + half}M${x + half} ${y - half}L${x - half} ${y + half}`;
}

function diamond(x: number, y: number, half: number): string {
  return `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z`;
}
