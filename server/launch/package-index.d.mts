/** Where packages come from, as pip on this machine says, and the variables that tell uv the same. */
export function packageIndex(): { indexes: string[]; forUv: Record<string, string> };
