import { z } from 'zod';
import { serverSchema } from './servers.ts';

/** Servers that a file lists: where each stands and, where its row says so, its other settings. */
export const sitesSchema = serverSchema
  .omit({ id: true, site: true })
  .partial()
  .extend({
    file: z
      .string()
      .describe(
        'CSV with a column id and x, y (metres), lat, lon (degrees) or junction; or GeoJSON points (.json, .geojson); relative to this file',
      ),
  })
  .describe(
    'servers with a site that a file lists, after those of `servers`; the other keys hold for all of them but where its own columns differ (docs/servers.md)',
  );
