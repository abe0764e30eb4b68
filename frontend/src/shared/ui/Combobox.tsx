import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Icon } from "./Icon";

export interface Option {
  key: string;
  label: string;
  help?: string | undefined;
  /** Something before the label, such as a state. */
  mark?: ReactNode;
}

interface Props {
  id: string;
  /** What stands in the closed field. */
  shown: string;
  placeholder: string;
  chosen: string | null;
  options: readonly Option[];
  isLoading: boolean;
  isInvalid: boolean;
  /** Stands below the list, such as that there are more, or what went wrong. */
  note?: ReactNode;
  footer?: ReactNode;
  described: Record<string, unknown>;
  onOpen: () => void;
  onSearch: (text: string) => void;
  onPick: (key: string) => void;
  onClear?: (() => void) | undefined;
}

/** One of a list that is searched by typing. All of it works by keyboard: arrows, Enter, Escape. */
export function Combobox(props: Props) {
  const { id, options, chosen } = props;
  const listId = useId();
  const box = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const at = Math.min(active, options.length - 1);

  useEffect(() => {
    if (!isOpen) return;
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
  }, [isOpen]);
  const open = () => {
    if (isOpen) return;
    setIsOpen(true);
    setSearch("");
    setActive(
      Math.max(
        0,
        options.findIndex((option) => option.key === chosen),
      ),
    );
    props.onOpen();
  };
  const close = () => {
    setIsOpen(false);
    props.onSearch("");
  };
  const pick = (option: Option | undefined) => {
    if (!option) return;
    props.onPick(option.key);
    close();
  };
  const move = (by: number) => {
    if (!isOpen) return open();
    const next = Math.max(0, Math.min(options.length - 1, at + by));
    setActive(next);
    document.getElementById(`${listId}-${next}`)?.scrollIntoView?.({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && isOpen) pick(options[at]);
    else if (event.key === "Escape" && isOpen) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the focus left
    <div
      ref={box}
      className="hf-combobox"
      onBlur={(event) => {
        if (isOpen && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <input
        id={id}
        role="combobox"
        className={`form-control ${props.isInvalid ? "is-invalid" : ""}`}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options[at] ? `${listId}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={isOpen ? "Type to search" : props.placeholder}
        value={isOpen ? search : props.shown}
        {...props.described}
        onClick={open}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          open();
          setSearch(event.target.value);
          setActive(0);
          props.onSearch(event.target.value);
        }}
      />
      {props.isLoading ? (
        <span
          className="spinner-border spinner-border-sm text-secondary hf-combobox-end"
          aria-hidden="true"
        />
      ) : props.onClear && props.shown && !isOpen ? (
        <button type="button" className="hf-combobox-end" aria-label="Clear" onClick={props.onClear}>
          <Icon name="x" size={16} />
        </button>
      ) : (
        <Icon name="chevron-down" size={16} className="hf-combobox-end is-quiet" />
      )}
      {isOpen ? (
        <div className="hf-combobox-list card">
          <div role="listbox" id={listId} className="hf-combobox-options">
            {options.map((option, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active one
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the input
              <div
                key={option.key}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={option.key === chosen}
                className={`hf-combobox-option ${index === at ? "is-active" : ""}`}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => setActive(index)}
                onClick={() => pick(option)}
              >
                {option.mark}
                <span className="flex-fill">{option.label}</span>
                {option.help ? <small className="text-secondary">{option.help}</small> : null}
              </div>
            ))}
          </div>
          <div className="hf-combobox-note" role="status">
            {props.isLoading ? "Asking…" : null}
            {props.note ?? (!props.isLoading && options.length === 0 ? "Nothing found." : null)}
          </div>
          {props.footer ? (
            // biome-ignore lint/a11y/noStaticElementInteractions: whatever is chosen in it ends the choosing here
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
            <div onClick={close}>{props.footer}</div>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
