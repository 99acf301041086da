/** Answers that are kept: pages that follow a run ask for the same at the same moment. */
const MOST_ANSWERS = 8;

/** Answers for all pages that ask the same while the journal stays as it is: each is made once. */
export class SharedAnswers {
  #version = '';
  readonly #answers = new Map<string, Promise<Buffer>>();

  /** `version`: of the journal. What is made of another one is forgotten. */
  of(version: string, question: string, make: () => Promise<Buffer>): Promise<Buffer> {
    if (version !== this.#version) this.#answers.clear();
    this.#version = version;
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = make();
    this.#answers.set(question, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_ANSWERS) this.#answers.delete(oldest!);
    return answer;
  }
}
