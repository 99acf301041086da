/** The samples of one entity, growing as the trace is read. */
export class Track {
  length = 0;
  timesUs = new Float64Array(16);
  x = new Float64Array(16);
  y = new Float64Array(16);
  /** SUMO's vType; '' when it is not known. */
  type = '';
  /** From the first to the last sample that the entity was inside of a vehicle. */
  readonly rides: { fromUs: number; toUs: number }[] = [];
  #carrier: object | undefined;
  #since = 0;

  push(timeUs: number, x: number, y: number): void {
    if (this.length === this.timesUs.length) {
      this.timesUs = doubled(this.timesUs);
      this.x = doubled(this.x);
      this.y = doubled(this.y);
    }
    this.timesUs[this.length] = timeUs;
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length++;
  }

  /**
   * Says before each `push` in which vehicle the entity is, if any. One sample at the place of a
   * vehicle is chance; a ride has two with the same one.
   */
  carriedBy(carrier: object | undefined): void {
    if (carrier === this.#carrier) return;
    this.endRide();
    this.#carrier = carrier;
    this.#since = this.length;
  }

  /** After the last sample. */
  endRide(): void {
    if (this.#carrier !== undefined && this.length - this.#since >= 2) {
      const [fromUs, toUs] = [this.timesUs[this.#since]!, this.timesUs[this.length - 1]!];
      this.rides.push({ fromUs, toUs });
    }
    this.#carrier = undefined;
  }

  /** The rides by the vehicle, if any, that the entity is in at each sample. */
  setRides(carriers: readonly (object | undefined)[]): void {
    this.rides.length = 0;
    for (let i = 0; i < carriers.length; i++) {
      if (i > 0 && carriers[i] === carriers[i - 1]) continue;
      let end = i + 1;
      while (end < carriers.length && carriers[end] === carriers[i]) end++;
      if (carriers[i] !== undefined && end - i >= 2) {
        this.rides.push({ fromUs: this.timesUs[i]!, toUs: this.timesUs[end - 1]! });
      }
    }
  }

  /** Keeps the samples of which `keep` says so, at the place it may have changed. */
  filter(keep: (i: number) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!keep(i)) continue;
      this.timesUs[kept] = this.timesUs[i]!;
      this.x[kept] = this.x[i]!;
      this.y[kept] = this.y[i]!;
      kept++;
    }
    this.length = kept;
  }

  /** Copies of just the right length. */
  samples(): { timesUs: Float64Array; x: Float64Array; y: Float64Array } {
    return {
      timesUs: this.timesUs.slice(0, this.length),
      x: this.x.slice(0, this.length),
      y: this.y.slice(0, this.length),
    };
  }
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
