import fc from 'fast-check';

// The same random cases in every run, so that a verdict is no matter of chance; `npm run soak` draws others.
fc.configureGlobal({ seed: Number(process.env.EDGEMLSIM_TEST_SEED ?? 1) });
