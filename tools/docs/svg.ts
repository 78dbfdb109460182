/** The SVG that every picture in docs/images is made of: one style sheet for the light and the dark scheme of the reader. */
export const escapeSvg = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Declarations = Readonly<Record<string, string>>;
const filled = (fill: string, stroke: string): Declarations => ({ fill, stroke });

/** Class to its light and its dark declarations. The picture has a ground of its own, so a page of another colour does not matter. */
const STYLES: Readonly<Record<string, readonly [light: Declarations, dark: Declarations]>> = {
  ground: [{ fill: '#ffffff' }, { fill: '#0d1117' }],
  frame: [filled('#f7f9fc', '#9aa7b8'), filled('#141a23', '#5c6a7d')],
  legend: [filled('#ffffff', '#c4ccd6'), filled('#0d1117', '#3d4856')],
  grid: [{ stroke: '#e3e8ee' }, { stroke: '#232b36' }],
  text: [{ fill: '#1d2733' }, { fill: '#e6edf3' }],
  muted: [{ fill: '#48566a' }, { fill: '#a9b6c6' }],
  line: [{ stroke: '#48566a' }, { stroke: '#9aa7b8' }],
  'line-head': [{ fill: '#48566a' }, { fill: '#9aa7b8' }],
  error: [{ stroke: '#b73a3a' }, { stroke: '#f08080' }],
  'error-head': [{ fill: '#b73a3a' }, { fill: '#f08080' }],
  'error-text': [{ fill: '#b73a3a' }, { fill: '#f08080' }],
  blue: [filled('#e8f1fc', '#2f6fb7'), filled('#12253d', '#4f95dd')],
  yellow: [filled('#fff5dc', '#b7862f'), filled('#32290f', '#cf9f3f')],
  violet: [filled('#f1ecfb', '#6f4fb0'), filled('#271f3d', '#9d7fe0')],
  green: [filled('#e6f6ea', '#2f8a4c'), filled('#11301c', '#46b06b')],
  red: [filled('#fdeaea', '#b73a3a'), filled('#3a1618', '#f08080')],
  pink: [filled('#fdeef3', '#b73a72'), filled('#391627', '#e67aa8')],
  grey: [filled('#f4f5f7', '#707b88'), filled('#1d232c', '#8b98a9')],
  ours: [filled('#2f6fb7', '#2f6fb7'), filled('#4f95dd', '#4f95dd')],
  'ours-too': [filled('#2f8a4c', '#2f8a4c'), filled('#46b06b', '#46b06b')],
  measured: [filled('#ffbf3f', '#5f4300'), filled('#ffbf3f', '#fff3d6')],
  limit: [filled('#48566a', '#48566a'), filled('#9aa7b8', '#9aa7b8')],
  theirs: [filled('#b73a3a', '#b73a3a'), filled('#f08080', '#f08080')],
};

const rules = (scheme: 0 | 1): string =>
  Object.entries(STYLES)
    .map(([name, schemes]) => {
      const declarations = Object.entries(schemes[scheme]).map(([property, value]) => `${property}:${value}`);
      return `.${name}{${declarations.join(';')}}`;
    })
    .join('');

const head = (name: string): string =>
  `<marker id="${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="${name}" d="M0 0.5 L10 5 L0 9.5 z"/></marker>`;

/** A whole picture. What `body` draws carries one of the classes above instead of a colour. */
export function svgDocument(width: number, height: number, title: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeSvg(title)}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<title>${escapeSvg(title)}</title>`,
    `<style>${rules(0)}@media (prefers-color-scheme: dark){${rules(1)}}</style>`,
    `<defs>${head('line-head')}${head('error-head')}</defs>`,
    `<rect width="${width}" height="${height}" class="ground"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** Coordinates with at most one decimal, so that the same picture is the same text on every machine. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly className?: 'text' | 'muted' | 'error-text';
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** One line of text; `y` is its baseline. */
export const label = (
  x: number,
  y: number,
  text: string,
  { size = 13, weight = 400, className = 'text', anchor = 'middle' }: TextStyle = {},
): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}" class="${className}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escapeSvg(text)}</text>`;

/** How wide a line of text is at most in the fonts that the pictures name. */
export const widthOf = (text: string, size: number): number => Math.ceil(text.length * size * 0.56);
