export { mockContext, mockContext as MockContext } from './mock-context.ts'
export { type MockLLM, type MockLLMRequest, mockLlm } from './mock-llm.ts'
export type {
  ContextByKind,
  MockAI,
  MockContextOptions,
  MockControls,
  MockHttp,
  MockKind,
  MockNotify,
  MockStore,
} from './mock-types.ts'
export { type HarnessOptions, TestHarness } from './test-harness.ts'
