// A module without a rule, named by a config that a test expects to be refused.
export const nothing = null;
