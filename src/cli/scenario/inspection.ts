import type { ContactStatistics } from '../../mobility/contact-statistics.ts';
import type { SiteStatistics, TraceStatistics } from '../../mobility/inspect.ts';

/** Output of `inspect` for a trace. */
export interface Inspection {
  file: string;
  /** Parts of the trace that were left out, were mended or look wrong. */
  remarks: readonly string[];
  trace: TraceStatistics;
  /** For each range, each site. */
  sites: (SiteStatistics & { latitude?: number; longitude?: number })[];
  /** For each range, of all sites together; of the servers of a config their own ranges, null. */
  together: (ContactStatistics & { rangeM: number | null })[];
}
