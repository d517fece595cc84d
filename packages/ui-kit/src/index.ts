export { newId } from './host/new-id.ts'
export type {
  ActionFailure,
  ActionOrigin,
  ActionOutcome,
  RemoteImages,
  ToastVariant,
  UiHost,
  UiToast,
} from './host/ui-host.ts'
export { humanIconName, IconGlyph, type IconGlyphProps, iconName } from './icons/icon-glyph.tsx'
export {
  Button,
  type ButtonProps,
  type ButtonVariant,
  type ControlSize,
  IconButton,
  type IconButtonProps,
} from './parts/button.tsx'
export { classes } from './parts/class-names.ts'
export { CodeBlock, type CodeBlockProps } from './parts/code-block.tsx'
export {
  ConfirmDialog,
  type ConfirmDialogProps,
  Dialog,
  type DialogProps,
  SlideOver,
  type SlideOverProps,
} from './parts/dialog.tsx'
export {
  AppTile,
  Avatar,
  type AvatarProps,
  accentOf,
  Badge,
  type BadgeProps,
  Card,
  type CardProps,
  hueOf,
  initials,
  ProgressBar,
} from './parts/display.tsx'
export {
  Check,
  CheckboxField,
  type Choice,
  FieldFrame,
  type FieldText,
  RadioField,
  SelectField,
  SwitchField,
  TextAreaField,
  TextField,
} from './parts/fields.tsx'
export { type LaterPart, laterPart } from './parts/later-part.tsx'
export { preloadLayers } from './parts/layers.ts'
export { Markdown, type MarkdownProps, preloadMarkdown } from './parts/markdown.tsx'
export { Menu, type MenuEntry, type MenuProps } from './parts/menu.tsx'
export { Popover, type PopoverProps } from './parts/popover.tsx'
export { returnFocus } from './parts/return-focus.ts'
export { SafeLink } from './parts/safe-link.tsx'
export { MultiChoiceField, SearchSelectField } from './parts/search-fields.tsx'
export { Skeleton, Spinner } from './parts/spinner.tsx'
export {
  Alert,
  type AlertProps,
  CopyButton,
  EmptyState,
  type EmptyStateProps,
  ErrorState,
  type ErrorStateProps,
  InlineError,
} from './parts/states.tsx'
export { type TabEntry, Tabs, type TabsProps } from './parts/tabs.tsx'
export { createToasts, type ShownToast, ToastRegion, type Toasts } from './parts/toasts.tsx'
export { Tooltip, type TooltipProps } from './parts/tooltip.tsx'
export type { FieldChoices } from './schema-form/fields.ts'
export { SchemaForm, type SchemaFormProps } from './schema-form/schema-form.tsx'
export { isEmptyRoot, isOverlayRoot, toastOf } from './tree/roots.ts'
export { UiTree, type UiTreeProps } from './tree/ui-tree.tsx'
export type { ViewProps, ViewRegistry } from './tree/view.ts'
export { VIEWS } from './views/index.ts'
export { preloadViews } from './views/lazy.tsx'
export { type KitSentence, type SentenceValues, speakWith } from './words.ts'
