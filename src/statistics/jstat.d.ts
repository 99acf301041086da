/** The part of jstat that is used here: it comes without types. */
declare module 'jstat' {
  const jstat: {
    normal: {
      cdf(x: number, mean: number, deviation: number): number;
      inv(p: number, mean: number, deviation: number): number;
    };
    chisquare: { cdf(x: number, degreesOfFreedom: number): number };
    /** The studentised range. */
    tukey: { inv(p: number, groups: number, degreesOfFreedom: number): number };
  };
  export default jstat;
}
