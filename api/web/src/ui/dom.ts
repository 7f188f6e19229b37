/** Builds elements without markup strings: what comes from the database can only become text. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Listener = (event: never) => void;
type Value = string | number | boolean | null | undefined;
export interface Props {
  readonly on?: Readonly<Record<string, Listener>>;
  readonly [attribute: string]: Value | Readonly<Record<string, Listener>>;
}

/** Gives a new HTML element; `true` sets a bare attribute, `false`, null and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props?: Props | null,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

/** Gives a new SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props?: Props | null,
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

/** Gives a fragment that holds the children. */
export function all(...children: readonly Child[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  return fragment;
}

/** Puts these children in place of what the element held. */
export function put<T extends Element>(element: T, ...children: readonly Child[]): T {
  element.replaceChildren(all(...children));
  return element;
}

function fill<T extends Element>(element: T, props: Props | null | undefined, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") listen(element, value as Readonly<Record<string, Listener>>);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function listen(element: Element, listeners: Readonly<Record<string, Listener>>): void {
  for (const [event, listener] of Object.entries(listeners)) {
    element.addEventListener(event, listener as unknown as EventListener);
  }
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}
