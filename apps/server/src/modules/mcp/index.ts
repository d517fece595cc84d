export { type Mcp, type McpOptions, openMcp } from './open-mcp.ts'
