/** Folders of sources that are built into the package. */
export const SHIPPED = [
  'src',
  'aggregators',
  'attacks',
  'pre-aggregators',
  'triggers',
  'participants',
];
