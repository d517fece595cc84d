export { ApiError, apiErrorOf } from './api-error.ts'
export { type CallTokenClaims, callTokensWith } from './call-token.ts'
export { type Client, type ClientOptions, createClient, pathOf, queryOf, type RequestOptions } from './client.ts'
export { blocksOf, type EventStreamOptions, followEvents, type StreamEvent } from './event-stream.ts'
