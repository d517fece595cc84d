/** Default limits of documents and runs (ir 12). Sizes are bytes of compact JSON. */
export const IR_LIMITS = {
  documentBytes: 512 * 1024,
  depth: 32,
  functions: 100,
  stepsPerFunction: 100,
  panels: 16,
  sections: 16,
  literalBytes: 32 * 1024,
  paramsPerFunction: 64,
  manifestBytes: 1024 * 1024,
  iconBytes: 100 * 1024,
  revisionsKept: 20,
  deploysPerMinute: 10,
  wallTimeMs: 30_000,
  wallTimeWithCompletionMs: 120_000,
  leastSteps: 64,
  runsPerStep: 8,
  nestedCalls: 6,
  callSteps: 25,
  completions: 5,
  resolvedStringBytes: 64 * 1024,
  stepResultBytes: 1024 * 1024,
  responseBytes: 256 * 1024,
  listLimit: 1000,
  bulkIds: 500,
  pathSegments: 16,
  promptCharacters: 32_768,
  panelNodes: 5000,
  repeatItems: 500,
  panelBytes: 512 * 1024,
  sectionBytes: 8 * 1024,
} as const

/** Executions that a flow of so many steps may take (I4.3). */
export const stepBudget = (steps: number): number => Math.max(IR_LIMITS.leastSteps, IR_LIMITS.runsPerStep * steps)

const encoder = new TextEncoder()
export const byteLength = (text: string): number => encoder.encode(text).length
