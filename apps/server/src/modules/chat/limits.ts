import { AssistantLimits } from '@imperal/contract'

export { AssistantLimits }

export const DEFAULT_LIMITS: AssistantLimits = AssistantLimits.parse({})
