import type { SimulatedLine } from '#src/journal/events.js';

/**
 * Text of a line, without fields that only the numbers of the model decide. Staleness is given
 * where there is any.
 */
export function lineText(line: SimulatedLine): string {
  switch (line.type) {
    case 'enter-map':
      return `${line.worker} enters the map`;
    case 'enter-range':
      return `${line.worker} enters ${line.server}, contact ${line.contact}`;
    case 'associate':
      return `${line.worker} joins ${line.server}`;
    case 'round-opened':
      return `${line.server} opens round ${line.round}, version ${line.version}, ${line.children} in range`;
    case 'gradient-started':
      return `${line.worker} starts g${line.gradient}, round ${line.round}, version ${line.version}`;
    case 'gradient-ended':
      return `g${line.gradient} of ${line.worker} ${line.reason ?? line.outcome} at ${line.server}${behind(line)}`;
    case 'aggregated': {
      const why = line.atDeadline ? ' at the deadline' : '';
      const from = `${line.vectors} of ${line.senders}`;
      return `${line.server} aggregates ${from} into r${line.result}${why}`;
    }
    case 'result-ended':
      return `r${line.result} of ${line.server} ${line.reason ?? line.outcome} at ${line.parent}${behind(line)}`;
    case 'held-back':
      return `${line.server} is held back at version ${line.version} by ${line.workers} on ${line.slowest}`;
    case 'updated':
      return `version ${line.version} of ${line.gradients} gradients`;
    case 'round-ended':
      return `round ${line.round} ends`;
    case 'evaluated':
      return `measured: round ${line.round}, version ${line.version}, epoch ${line.epoch}`;
    case 'data-reshuffled':
      return `data of ${line.owner} reshuffled`;
    case 'no-result':
      return `${line.server} has no result, ${line.vectors} of ${line.needed}`;
    case 'message-lost':
      return `${line.what} from ${line.from} to ${line.to} lost: ${line.reason}`;
    case 'message-retried':
      return `${line.what} from ${line.from} to ${line.to} sent again ${line.times} times`;
    case 'message-repeated':
      return `${line.what} from ${line.from} to ${line.to} repeated`;
    case 'turned-byzantine':
      return `${line.node} turns Byzantine`;
    case 'turned-honest':
      return `${line.node} turns honest`;
    case 'run-ended': {
      const { reason, rounds, gradients, computed, updates } = line;
      return `ends: ${reason} ${rounds}, ${gradients} started, ${computed} computed, ${updates} updates`;
    }
    default:
      return line.type;
  }
}

function behind({ staleness = 0 }: { staleness?: number }): string {
  return staleness === 0 ? '' : `, ${staleness} behind`;
}
