/** Subject of an export, in the help texts. */
export const RUN_OR_STUDY = 'folder of a run, or of a study';
