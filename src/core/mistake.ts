/** Something wrong with what was sent: where (names joined by dots; '' is the whole), and what, in words. */
export interface Mistake {
  readonly path: string;
  readonly message: string;
}
