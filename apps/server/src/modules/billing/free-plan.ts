/** What every account begins with: the credits of the smallest plan (kernel 10.4). */
export interface FreePlan {
  readonly name: string
  /** Whole credits, granted once. */
  readonly credits: number
}

export const FREE_PLAN: FreePlan = { name: 'free', credits: 500 }
