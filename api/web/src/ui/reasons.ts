/** Why somebody asks about a person: both go into the access record. */
import { t } from "../core/i18n.ts";
import { type Field, field } from "./form.ts";

/** Gives the field for the purpose. */
export function purposeField(): Field<HTMLInputElement> {
  return field("purpose", t("field.purpose"), { required: true, maxlength: 200, hint: t("purpose.hint") });
}

/** Gives the field for the number of the case. */
export function caseField(): Field<HTMLInputElement> {
  return field("case_ref", t("field.case_ref"), { required: true, maxlength: 60 });
}
