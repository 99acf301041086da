import { defineAssociationPolicy, z } from 'edgemlsim/rules';
import { strongestOf } from 'edgemlsim/rules/toolbox';

const options = z.object({ waitS: z.number().min(0).default(2) });

export default defineAssociationPolicy<z.output<typeof options>>({
  name: 'longest-contact',
  summary: 'the strongest of those that have been in range for some time',
  options,
  differencesDb: () => [0],
  decide({ nowUs, inRange, current }, { waitS }) {
    const known = inRange.filter(({ sinceUs }) => nowUs >= sinceUs + waitS * 1e6);
    const next = Math.min(
      ...inRange.map(({ sinceUs }) => sinceUs).filter((us) => us + waitS * 1e6 > nowUs),
    );
    return {
      server: known.length > 0 ? strongestOf(known, current) : null,
      askAgainUs: Number.isFinite(next) ? next + waitS * 1e6 : undefined,
    };
  },
});
