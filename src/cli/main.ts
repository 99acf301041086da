#!/usr/bin/env node
// First: a process that ends with its parent watches it before the rest is loaded.
import './parent-input.ts';
import './compiled-code.ts';

import { FOLLOWS_STUDY, followStudy } from './follow-study.ts';
import { endsWithInput } from './parent-input.ts';
import { commandUnderWay, perform } from './perform.ts';
import { showFailure } from './show-failure.ts';

// A reader that has seen enough, such as head, closes the pipe: no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(showFailure(error, commandUnderWay())));
}

if (process.env[FOLLOWS_STUDY]) await followStudy(perform);
else await perform(process.argv.slice(2));
// Ends with handles still open and work under way: the part of such a process in its run is over.
if (endsWithInput) process.exit();
