/** Figures that both ends of the host protocol keep. Free of imports, so that the guest can bundle them alone. */

/** Longest frame in either direction, in bytes of UTF-8. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024
/** Longest result of a call, serialised (`RESULT_TOO_LARGE`). */
export const MAX_RESULT_BYTES = 1024 * 1024
/** Longest log line, in characters; the rest is cut. */
export const MAX_LOG_BYTES = 8 * 1024
/** What one call may log in all, in characters; one last line says that more was dropped. */
export const MAX_CALL_LOG_BYTES = 256 * 1024
/** Callbacks of one call on the wire at once. The guest queues the rest; a guest that does not is stopped. */
export const MAX_CALLBACKS_IN_FLIGHT = 64
/** Header by which the guest ties a plain `fetch` to its call. It never leaves the machine. */
export const EGRESS_CALL_HEADER = 'x-imperal-call'
/** Header by which the egress tells the guest why it refused a plain `fetch`. Never passed on from outside. */
export const EGRESS_REFUSED_HEADER = 'x-imperal-refused'
/** Path of the connection on which the guest puts the whole manifest into its `ready` frame; on `/` it is empty. */
export const DESCRIBE_PATH = '/describe'
