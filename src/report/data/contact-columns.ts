import type { Column } from '../format/columns.ts';

/** A contact of a trace with a site. */
export interface ContactLine {
  entity: string;
  kind: string;
  site: string;
  /** Null where no circle bounds it. */
  rangeM: number | null;
  enterS: number;
  leaveS: number;
}

/** Of contacts.csv. */
export const contactColumns: readonly Column<ContactLine>[] = [
  {
    ...{ name: 'entity', type: 'text', unit: null, value: ({ entity }) => entity },
    meaning: 'id of the entity',
  },
  {
    ...{ name: 'kind', type: 'text', unit: null, value: ({ kind }) => kind },
    meaning: 'car, pedestrian or container',
  },
  {
    ...{ name: 'site', type: 'text', unit: null, value: ({ site }) => site },
    meaning: 'the server or site in whose range it is',
  },
  {
    ...{ name: 'range_m', type: 'number', unit: 'm', value: ({ rangeM }) => rangeM },
    meaning: 'range of the site',
  },
  {
    ...{ name: 'enter_s', type: 'number', unit: 's', value: ({ enterS }) => enterS },
    meaning: 'time at which the contact begins, as the trace counts it',
  },
  {
    ...{ name: 'leave_s', type: 'number', unit: 's', value: ({ leaveS }) => leaveS },
    meaning: 'time at which it ends',
  },
  {
    ...{ name: 'duration_s', type: 'number', unit: 's' },
    meaning: 'how long it lasts',
    // Whole microseconds, which the difference of two numbers of seconds need not be.
    value: ({ enterS, leaveS }) => Math.round((leaveS - enterS) * 1e6) / 1e6,
  },
];
