export {
  type CallAction,
  CallActionWire,
  type NavigateAction,
  NavigateActionWire,
  type OpenAction,
  OpenActionWire,
  type SendAction,
  SendActionWire,
  type UiAction,
  UiActionWire,
  UiConfirm,
  type UiConfirmation,
  UiFunctionName,
} from './action.ts'
export type { ComponentModule, ComponentSpec, FieldSpec } from './component.ts'
export { tableColumn } from './components/data.ts'
export { GRAPH_LAYOUTS } from './components/feedback.ts'
export {
  findComponent,
  UI_COMPONENTS,
  UI_COMPOSED,
  type UiComponentType,
  type UiComposedName,
  type UiProps,
} from './components.ts'
export { safeClassNames, safeCssColor, safeCssLength } from './css.ts'
export { UI_LIMITS, type UiLimits } from './limits.ts'
export { type UiNode, UiNodeEnvelope, UNKNOWN_TYPE } from './node.ts'
export type { UiNote, UiNoteCode } from './note.ts'
export { builderDefault, optionName } from './option.ts'
export { type ParsedUiTree, type ParseUiOptions, parseUiTree } from './parse.ts'
export type { ItemShape, Prop, PropKind, PropTable } from './prop.ts'
export type { UiGraphEdge, UiGraphNode } from './prop-graph.ts'
export type { UiOption, UiTableRow, UiTreeEntry } from './prop-special.ts'
export { nodeSchema, uiJsonSchema } from './schema.ts'
export { toneOf, UI_TONE_NAMES, UI_TONES, type UiTone } from './tone.ts'
export { safeUrl, type UrlPlace, type UrlRules } from './url.ts'
export { childNodes, formFields, formValues, specOf, type UiFormField, walkNodes } from './walk.ts'
