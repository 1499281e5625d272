"""What lists cost a parcel, and which spellings of a listed name they find."""
