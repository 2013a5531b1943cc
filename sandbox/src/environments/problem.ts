/** What the assignment asks for cannot be had: its author mends `requirements.txt`. */
export class RequirementsProblem extends Error {
  override readonly name = 'RequirementsProblem';
  constructor(
    message: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
