let beginning: Promise<unknown> | null = null

/** Remembers that another conversation is being begun, until it stands or cannot. */
export async function whileBeginning<T>(work: Promise<T>): Promise<T> {
  beginning = work
  try {
    return await work
  } finally {
    if (beginning === work) beginning = null
  }
}

/** The conversation that is being begun: what is said meanwhile belongs into it. Null when there is none. */
export const conversationToBe = (): Promise<unknown> | null => beginning
