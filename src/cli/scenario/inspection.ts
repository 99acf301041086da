import type { ContactStatistics } from '../../mobility/contact-statistics.ts';
import type { SiteStatistics, TraceStatistics } from '../../mobility/inspect.ts';

/** What `inspect` tells of a trace. */
export interface Inspection {
  file: string;
  /** What was left out, mended or looks wrong in the trace. */
  remarks: readonly string[];
  trace: TraceStatistics;
  /** For each range, each site. */
  sites: (SiteStatistics & { latitude?: number; longitude?: number })[];
  /** For each range, of all sites together; of the servers of a config their own ranges, null. */
  together: (ContactStatistics & { rangeM: number | null })[];
}
