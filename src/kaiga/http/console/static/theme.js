// Light, dark, or as the system is.
const KEPT = "kaiga-theme";
export const THEMES = ["system", "light", "dark"];

export const currentTheme = () => localStorage.getItem(KEPT) ?? "system";

export function useTheme(theme = currentTheme()) {
  localStorage.setItem(KEPT, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
